-- What only this installation knows, made by whichever process first needs it: the same for all of its processes.
create table groundcrew.secret (
  name    text primary key,
  value   bytea not null,
  created timestamptz not null default now()
);
