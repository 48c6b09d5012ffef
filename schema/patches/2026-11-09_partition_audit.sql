-- A partition of the audit for each month, so that an old one can be dropped or archived in a moment.
-- New changes go into the new table at once; the .post.sh moves the old ones.

set role bank_audit;

alter table audit.changes rename to changes_before;
alter sequence audit.changes_id_seq rename to changes_before_id_seq;
alter index audit.change_of_row rename to change_of_row_before;
-- Or the new table's NOT NULLs would get other names than in audit.sql.
do $$
declare
    name text;
begin
    for name in
        select conname from pg_constraint where conrelid = 'audit.changes_before'::regclass and contype = 'n'
    loop
        execute format('alter table audit.changes_before rename constraint %I to %I', name, name || '_before');
    end loop;
end
$$;

create table audit.changes (
    id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    transaction xid8 not null default pg_current_xact_id(),
    role name not null,          -- who had logged in to PostgreSQL
    program text not null,       -- its application_name
    person text,                 -- whom the application served: its setting bank.person
    table_name name not null,
    operation text not null,
    row_id bigint,               -- null: TRUNCATE
    old jsonb,
    new jsonb,
    constraint change_operation check (operation in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
) partition by range (at);       -- an old month is dropped or archived in a moment

-- The history of one row.
create index change_of_row on audit.changes (table_name, row_id, at);

-- What no month's partition takes: a change is never refused because nobody made one.
create table audit.changes_default partition of audit.changes default;

create procedure audit.make_partitions(ahead integer default 2, since date default current_date)
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

grant execute on procedure audit.make_partitions(integer, date) to bank_owner;

-- The keys go on where they were.
do $$
begin
    perform setval('audit.changes_id_seq', coalesce(max(id), 0) + 1, false) from audit.changes_before;
end
$$;

do $$
declare
    first date;
begin
    select coalesce(min(at)::date, current_date) into first from audit.changes_before;
    call audit.make_partitions(since => first);
end
$$;
