-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "email" TEXT COLLATE "C" NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'active' CHECK ("status" IN ('active', 'deactivated')),
    "password_hash" TEXT,
    "first_administrator" BOOLEAN NOT NULL DEFAULT false,
    "claims" JSONB NOT NULL DEFAULT '{}',
    "claims_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 70); -- a sign-in rewrites its account, and no index changes as long as the page has room

-- CreateTable
CREATE TABLE "identity" (
    "provider" TEXT NOT NULL,
    "external_key" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("provider","external_key")
);

-- CreateTable
CREATE TABLE "used_token" (
    "key" BYTEA NOT NULL,
    "once" BOOLEAN NOT NULL,
    "uses" INTEGER NOT NULL,
    "first_used_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "used_token_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "session" (
    "token_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "provider" (
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "enabled" BOOLEAN NOT NULL DEFAULT false,
    "identity_provider_uri" TEXT,
    "email_claim" TEXT NOT NULL DEFAULT 'email',
    "first_name_claim" TEXT NOT NULL DEFAULT 'first_name',
    "last_name_claim" TEXT NOT NULL DEFAULT 'last_name',
    "groups_claim" TEXT NOT NULL DEFAULT 'groups',
    "user_provisioning" BOOLEAN NOT NULL DEFAULT true,
    "max_token_age_seconds" INTEGER NOT NULL DEFAULT 180,
    "require_jti" BOOLEAN NOT NULL DEFAULT false,
    "issuer" TEXT,
    "audience" TEXT,

    CONSTRAINT "provider_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "source" TEXT NOT NULL CHECK ("source" IN ('environment', 'generated')),
    "secret" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
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
CREATE UNIQUE INDEX "account_email_key" ON "account"("email");

-- CreateIndex
CREATE INDEX "identity_account_id_idx" ON "identity"("account_id");

-- CreateIndex
CREATE INDEX "used_token_expires_at_idx" ON "used_token"("expires_at");

-- CreateIndex
CREATE INDEX "session_account_id_idx" ON "session"("account_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "signing_key_provider_idx" ON "signing_key"("provider");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_id_key" ON "outbox"("id");

-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_provider_fkey" FOREIGN KEY ("provider") REFERENCES "provider"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The one provider that every installation has. It stays off until somebody enables it.
INSERT INTO "provider" ("name") VALUES ('jwt');
