-- Numbers that people see have no gaps: a sequence jumps when a transaction is rolled back, and by 32 when the database is
-- killed. The row of the counter is locked until the transaction ends, as is that of the audit.
create table groundcrew.counter (name text primary key, value int not null);
create function groundcrew.next_number(counted text) returns int language sql volatile as $$
  insert into groundcrew.counter (name, value) values (counted, 1)
  on conflict (name) do update set value = groundcrew.counter.value + 1
  returning value
$$;
insert into groundcrew.counter select 'request', coalesce(max(number), 0) from groundcrew.request;
insert into groundcrew.counter select 'feedback', coalesce(max(number), 0) from groundcrew.feedback;
alter table groundcrew.request alter column number drop identity;
alter table groundcrew.request alter column number set default groundcrew.next_number('request');
alter table groundcrew.feedback alter column number drop identity;
alter table groundcrew.feedback alter column number set default groundcrew.next_number('feedback');

-- Messages that nobody changed for long are forgotten.
create index message_at on groundcrew.message (at);
