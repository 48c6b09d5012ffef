#!/bin/sh
# Moves the old changes into the partitions, a batch at a time. It can be interrupted and executed again.
exec psql -X --quiet -v ON_ERROR_STOP=1 "$PATCH_DSN" <<'SQL'
set role bank_audit;
do $$
begin
    loop
        with moved as (
            delete from audit.changes_before
            where ctid = any (array(select ctid from audit.changes_before limit 5000))
            returning *)
        insert into audit.changes overriding system value select * from moved;
        exit when not found;
        commit;
    end loop;
end
$$;
SQL
