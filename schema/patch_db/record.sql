-- psql runs this file after a patch, in the patch's transaction (if it has one).

reset role; -- the patch may have changed it
-- No row is found if the patch has ended the transaction in which begin.sql has added it.
update patch_db.patches set state = :'patch_db_state', at = clock_timestamp()
where name = :'patch_db_name' and state = 'applying'
    and (xmin = pg_current_xact_id()::xid or not :'patch_db_in_transaction'::boolean);
