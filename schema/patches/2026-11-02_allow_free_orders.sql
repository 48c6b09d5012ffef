-- patch_db: no-transaction
-- A subtotal of 0 is allowed: presents. In one transaction the exclusive lock of ADD would be held during VALIDATE,
-- which reads all orders.

alter table bank.orders add constraint order_subtotal_not_negative check (subtotal >= 0) not valid;
alter table bank.orders validate constraint order_subtotal_not_negative;
alter table bank.orders drop constraint order_subtotal_positive;
