-- CreateTable
CREATE TABLE "catalogue_database" (
    "id" INTEGER GENERATED ALWAYS AS IDENTITY NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "tables" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "catalogue_database_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalogue_table" (
    "id" INTEGER GENERATED ALWAYS AS IDENTITY NOT NULL,
    "database_id" INTEGER NOT NULL,
    "schema" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "catalogue_table_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "sequence" BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "traceparent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "catalogue_database_name_key" ON "catalogue_database"("name");

-- CreateIndex
CREATE UNIQUE INDEX "catalogue_table_database_id_schema_name_key" ON "catalogue_table"("database_id", "schema", "name");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- AddForeignKey
ALTER TABLE "catalogue_table" ADD CONSTRAINT "catalogue_table_database_id_fkey" FOREIGN KEY ("database_id") REFERENCES "catalogue_database"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;
