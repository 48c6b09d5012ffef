-- psql runs this file after a patch, in the patch's transaction (if it has one).

reset role; -- the patch may have changed it
update patch_db.patches set state = :'patch_db_state', at = clock_timestamp()
where name = :'patch_db_name';
