-- patch_db: no-transaction
-- Each line has a price now. SET NOT NULL alone would read the whole table while nobody can read or write it. A
-- constraint that is not valid yet holds for new rows at once; VALIDATE reads the old ones while people order; and
-- SET NOT NULL believes a valid constraint: https://www.postgresql.org/docs/18/sql-altertable.html

alter table bank.order_lines add constraint order_lines_price_not_null not null price not valid;
alter table bank.order_lines validate constraint order_lines_price_not_null;
alter table bank.order_lines validate constraint order_line_price_not_negative;
