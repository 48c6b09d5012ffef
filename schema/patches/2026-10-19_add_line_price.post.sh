#!/bin/sh
# Fills bank.order_lines.price, a batch at a time, so that nobody waits long for a locked row.
# It can be interrupted and executed again: it begins at the first line without a price.
exec psql -X --quiet -v ON_ERROR_STOP=1 "$PATCH_DSN" <<'SQL'
do $$
declare
    lines constant bigint := 1000;  -- in a batch: a twentieth of a second
    first bigint;
    last bigint;
begin
    select min(id), max(id) into first, last from bank.order_lines where price is null;
    while first <= last loop
        -- A range of keys is found by the index. `where price is null limit 1000` would read the lines that are
        -- done again and again.
        update bank.order_lines l set price = round(o.subtotal / l.quantity, 2)
        from bank.orders o
        where o.id = l.order_id and l.price is null and l.id >= first and l.id < first + lines;
        commit;
        first := first + lines;
    end loop;
end
$$;
SQL
