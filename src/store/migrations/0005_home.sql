-- Names of what was made hold the team that it was made for, such as a namespace. They stay when it is handed over, so
-- that team is remembered. Null: it is the team that has it.
alter table groundcrew.resource add column home text;
update groundcrew.resource r set home = q.team from groundcrew.request q
  where r.slug = 'r' || q.number and q.team <> r.team;
