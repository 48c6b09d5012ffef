-- A default is computed in the caller's time zone: on the last day of a month a caller west of UTC made a partition of
-- that month, too, and one east of it left out the month of UTC.

set role bank_audit;

create or replace procedure audit.make_partitions(
    ahead integer default 2, since date default (now() at time zone 'UTC')::date)
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
