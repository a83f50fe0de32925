create table preferences (
  user_id text primary key,
  tenant_id text not null,
  python_skill_level text not null,
  code_output_structure text not null,
  explanation_style text not null,
  position bigint not null
);
create index preferences_by_position on preferences (position);
