-- psql runs this file after a patch, in the patch's transaction (if it has one).

reset role; -- the patch may have changed it
-- The patch has ended the transaction of begin.sql if that has not added the row in this one.
with done as (
    update patch_db.patches set state = :'patch_db_state', at = clock_timestamp()
    where name = :'patch_db_name' and state = 'applying'
        and (xmin = pg_current_xact_id()::xid or not :'patch_db_in_transaction'::boolean)
    returning name
)
select count(*) = 0 as patch_db_is_lost from done \gset
\if :patch_db_is_lost
do $$ begin raise exception 'the patch has ended its transaction, or changed its record'; end $$;
\endif
\if :patch_db_in_transaction
commit;
\endif
