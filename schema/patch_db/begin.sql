-- psql runs this file before a patch, in the patch's transaction (if it has one).

\if :patch_db_in_transaction
-- Only this transaction may write. If the patch ends it in a way that patch_db has not seen, the next
-- statement that writes fails, so nothing after that end is committed.
set session characteristics as transaction read only;
begin read write;
\endif

-- The patch_db that has started this psql may have been killed, and another one may be at work. That
-- one waits for the second lock: so take it first, and look then who has the first.
select set_config('patch_db.runner', :'patch_db_runner', false) as patch_db_runner \gset
do $$
begin
    perform pg_advisory_lock_shared(1885434979, 2);
    if not exists (
        select from pg_locks
        where locktype = 'advisory' and classid = 1885434979 and objid = 1 and granted
            and database = (select oid from pg_database where datname = current_database())
            and pid = current_setting('patch_db.runner')::int
    ) then
        raise exception 'the patch_db that has started this psql has ended';
    end if;
end
$$;

-- The key lets no patch be applied twice. If there is no transaction, or the patch ends it, an
-- interruption leaves this row as `applying`.
insert into patch_db.patches (name, state, sha256)
values (:'patch_db_name', 'applying', :'patch_db_sha256');
