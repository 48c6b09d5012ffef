-- The price of a line is the one of its day: a product that becomes dearer does not change old orders. Until now an
-- order had one line, so the price is its subtotal divided by the quantity.
-- A column without a default is added at once, however long the table is, if its type is no domain with a constraint.
-- A constraint that is not valid yet is not checked for old rows. The .post.sh fills the column, while people order.

alter table bank.order_lines add column price numeric(18, 2);
alter table bank.order_lines
    add constraint order_line_price_not_negative check (price >= 0 and price <> 'NaN') not valid;
comment on column bank.order_lines.price is 'Of one piece, when the order was placed.';
