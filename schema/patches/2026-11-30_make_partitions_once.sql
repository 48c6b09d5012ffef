-- Two calls of make_partitions() at the same time made the same partition, and one failed. Names of persons may be
-- longer: `admin:` stands before those of the admin's users.

set role bank_audit;

create or replace procedure audit.make_partitions(ahead integer default 2, since date default current_date)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'  -- in which months begin, whoever calls it
as $$
-- Make the partition of each month from `since` to `ahead` months from now; move its rows out of the default one.
declare
    month date;
    name text;
begin
    for month in
        select generate_series(
            date_trunc('month', since), date_trunc('month', current_date) + ahead * interval '1 month',
            interval '1 month')
    loop
        name := 'changes_' || to_char(month, 'YYYY_MM');
        continue when to_regclass('audit.' || name) is not null;
        -- Or a row that another transaction has not committed yet would be found by ATTACH.
        lock table audit.changes_default in access exclusive mode;
        continue when to_regclass('audit.' || name) is not null;  -- another call has made it meanwhile
        execute format('create table audit.%I (like audit.changes including all excluding identity)', name);
        execute format(
            'with moved as (delete from audit.changes_default where at >= %1$L and at < %2$L returning *) '
            'insert into audit.%3$I overriding system value select * from moved',
            month, month + interval '1 month', name);
        execute format(
            'alter table audit.changes attach partition audit.%I for values from (%L) to (%L)',
            name, month, month + interval '1 month');
    end loop;
end
$$;

create or replace function audit.record() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp  -- or a temporary table could take the place of audit.changes
as $$
begin
    insert into audit.changes (role, program, person, table_name, operation, row_id, old, new)
    values (
        session_user,
        current_setting('application_name'),
        nullif(left(current_setting('bank.person', true), 200), ''),
        tg_table_name,
        tg_op,
        case when tg_level = 'ROW' then coalesce(old.id, new.id) end,
        case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end,
        case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end);
    return null;
end
$$;
