-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "claims_version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "attributes" JSONB NOT NULL,
    "deactivation_reserved" BOOLEAN NOT NULL DEFAULT false,
    "made_administrator" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claimed_group" (
    "account_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "presence" TEXT NOT NULL,

    CONSTRAINT "claimed_group_pkey" PRIMARY KEY ("account_id","provider","name")
);

-- CreateTable
CREATE TABLE "group" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'custom',

    CONSTRAINT "group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "group_id" INTEGER NOT NULL,
    "account_id" UUID NOT NULL,
    "source" TEXT NOT NULL,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("account_id","group_id","source")
);

-- CreateTable
CREATE TABLE "group_sync" (
    "provider" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    "mode" TEXT NOT NULL DEFAULT 'mapped',
    "when_absent" TEXT NOT NULL DEFAULT 'keep',
    "when_null" TEXT NOT NULL DEFAULT 'keep',
    "allow_administrators" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "group_sync_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "group_mapping" (
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "group_id" INTEGER NOT NULL,

    CONSTRAINT "group_mapping_pkey" PRIMARY KEY ("provider","name","group_id")
);

-- CreateTable
CREATE TABLE "data_permission" (
    "id" SERIAL NOT NULL,
    "group_id" INTEGER NOT NULL,
    "database_id" INTEGER NOT NULL,
    "table_id" INTEGER NOT NULL DEFAULT 0,
    "schema_name" TEXT NOT NULL DEFAULT '',
    "access" TEXT NOT NULL,
    "rule" JSONB,

    CONSTRAINT "data_permission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalogue_database" (
    "id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "catalogue_database_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalogue_table" (
    "id" INTEGER NOT NULL,
    "database_id" INTEGER NOT NULL,
    "schema_name" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "columns" JSONB NOT NULL,
    "foreign_keys" JSONB NOT NULL,

    CONSTRAINT "catalogue_table_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "sequence" BIGINT GENERATED ALWAYS AS IDENTITY,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE INDEX "claimed_group_provider_name_account_id_idx" ON "claimed_group"("provider", "name", "account_id");

-- CreateIndex
CREATE UNIQUE INDEX "group_name_key" ON "group"("name");

-- CreateIndex
CREATE INDEX "group_kind_idx" ON "group"("kind");

-- CreateIndex
CREATE INDEX "membership_group_id_account_id_idx" ON "membership"("group_id", "account_id");

-- CreateIndex
CREATE INDEX "group_mapping_group_id_idx" ON "group_mapping"("group_id");

-- CreateIndex
CREATE INDEX "data_permission_table_id_access_database_id_idx" ON "data_permission"("table_id", "access", "database_id");

-- CreateIndex
CREATE UNIQUE INDEX "data_permission_group_id_database_id_table_id_schema_name_key" ON "data_permission"("group_id", "database_id", "table_id", "schema_name");

-- CreateIndex
CREATE INDEX "catalogue_table_database_id_idx" ON "catalogue_table"("database_id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- AddForeignKey
ALTER TABLE "claimed_group" ADD CONSTRAINT "claimed_group_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_mapping" ADD CONSTRAINT "group_mapping_provider_fkey" FOREIGN KEY ("provider") REFERENCES "group_sync"("provider") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_mapping" ADD CONSTRAINT "group_mapping_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_permission" ADD CONSTRAINT "data_permission_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalogue_table" ADD CONSTRAINT "catalogue_table_database_id_fkey" FOREIGN KEY ("database_id") REFERENCES "catalogue_database"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What Prisma cannot say: which values a column may hold.
alter table account
  add check (status in ('active', 'deactivated'));
alter table claimed_group
  add check (presence in ('listed', 'null', 'absent'));
alter table "group"
  add check (kind in ('all-users', 'administrators', 'custom'));
alter table membership
  add check (source in ('manual', 'scim'));
alter table group_sync
  add check (mode in ('mapped', 'by-name') and when_absent in ('keep', 'remove') and when_null in ('keep', 'remove'));
alter table policy
  add check (id = 1);
alter table data_permission
  add check (access in ('unrestricted', 'sandboxed', 'none')),
  -- A sandbox is on a table and has a rule; nothing else has one.
  add check ((access = 'sandboxed') = (rule is not null) and (access <> 'sandboxed' or table_id <> 0));

insert into "group" (name, kind) values ('All Users', 'all-users'), ('Administrators', 'administrators');
insert into group_sync (provider) values ('jwt');
insert into policy (revision) values (1);

-- Who is in which group, and by what: the one place that says so. A pair occurs once for each source, and for a provider once for
-- each claimed name that leads there. All Users is not in it: everybody is a member, and with a row for each account here the planner
-- would take every group for one of that size.
create view membership_by_source as
  select group_id, account_id, source from membership
  union all
  select mapping.group_id, claimed.account_id, claimed.provider
    from group_sync sync
    join group_mapping mapping on mapping.provider = sync.provider
    join claimed_group claimed on claimed.provider = mapping.provider and claimed.name = mapping.name
    join "group" target on target.id = mapping.group_id
   where sync.enabled and sync.mode = 'mapped'
     and (target.kind = 'custom' or (target.kind = 'administrators' and sync.allow_administrators))
     and (claimed.presence = 'listed'
       or (claimed.presence = 'absent' and sync.when_absent = 'keep')
       or (claimed.presence = 'null' and sync.when_null = 'keep'))
  union all
  select target.id, claimed.account_id, claimed.provider
    from group_sync sync
    join claimed_group claimed on claimed.provider = sync.provider
    join "group" target on target.name = claimed.name
   where sync.enabled and sync.mode = 'by-name'
     -- Never Administrators or All Users, whatever they are called.
     and target.kind = 'custom'
     and (claimed.presence = 'listed'
       or (claimed.presence = 'absent' and sync.when_absent = 'keep')
       or (claimed.presence = 'null' and sync.when_null = 'keep'));
