-- Up to when the last weekly changelog tells, and the golden paths as it knew them.
create table groundcrew.changelog (
  one  boolean primary key default true check (one),
  upto timestamptz not null
);
create table groundcrew.changelog_path (
  path      text primary key,
  version   text not null,
  lifecycle text not null
);
create index announcement_posted on groundcrew.announcement (posted) where posted is not null;
create index incident_resolved on groundcrew.incident (resolved) where resolved is not null;
