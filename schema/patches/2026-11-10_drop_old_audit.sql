-- The table that 2026-11-09 has emptied. Not with rows: then its .post.sh has not moved all of them.

set role bank_audit;

do $$
begin
    if exists (select from audit.changes_before) then
        raise exception 'audit.changes_before has rows: execute 2026-11-09_partition_audit.post.sh again';
    end if;
end
$$;

drop table audit.changes_before;
