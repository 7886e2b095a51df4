-- What waits is looked for by its lane. A plan that was made while nothing waited could choose this index in place of that
-- one, and then went through all that waits.
drop index groundcrew.outbox_open;
