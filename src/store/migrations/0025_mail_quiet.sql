-- Who wants no invitations by mail.
create table groundcrew.invitation_quiet (
  person uuid primary key references groundcrew.person (id),
  at     timestamptz not null
);
