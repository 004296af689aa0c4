-- AlterTable
ALTER TABLE "account" ADD COLUMN     "profile_provider" TEXT;

-- AlterTable
ALTER TABLE "identity" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'email' CHECK ("kind" IN ('email', 'subject')),
DROP CONSTRAINT "identity_pkey",
ADD CONSTRAINT "identity_pkey" PRIMARY KEY ("provider", "kind", "external_key");

-- AlterTable
ALTER TABLE "provider" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'jwt' CHECK ("kind" IN ('jwt', 'oidc')),
ADD COLUMN     "trusted_domains" TEXT[] NOT NULL DEFAULT '{}',
ADD COLUMN     "client_id" TEXT,
ADD COLUMN     "client_secret" TEXT,
ADD COLUMN     "pkce" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "scopes" TEXT,
ADD COLUMN     "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "session" ADD COLUMN     "id" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD COLUMN     "provider" TEXT,
ADD COLUMN     "last_seen_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "signing_key" ADD COLUMN     "algorithm" TEXT NOT NULL DEFAULT 'HS256' CHECK ("algorithm" IN ('HS256', 'RS256', 'ES256', 'EdDSA')),
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'secret' CHECK ("kind" IN ('secret', 'public-key', 'jwks')),
ADD COLUMN     "public_key" TEXT,
ADD COLUMN     "jwks_uri" TEXT,
ADD COLUMN     "last_used_at" TIMESTAMPTZ,
ADD COLUMN     "retire_at" TIMESTAMPTZ,
DROP CONSTRAINT "signing_key_source_check",
ADD CONSTRAINT "signing_key_source_check" CHECK ("source" IN ('environment', 'generated', 'given')),
ALTER COLUMN "secret" DROP NOT NULL;

-- A shared secret is for HS256 and for nothing else; what is public never serves as one.
ALTER TABLE "signing_key" ADD CONSTRAINT "signing_key_material_check" CHECK (
    ("kind" = 'secret') = ("algorithm" = 'HS256')
    AND ("kind" = 'secret') = ("secret" IS NOT NULL)
    AND ("kind" = 'public-key') = ("public_key" IS NOT NULL)
    AND ("kind" = 'jwks') = ("jwks_uri" IS NOT NULL)
);

-- CreateTable
CREATE TABLE "provider_revision" (
    "only" BOOLEAN NOT NULL DEFAULT true CHECK ("only"),
    "revision" INTEGER NOT NULL,

    CONSTRAINT "provider_revision_pkey" PRIMARY KEY ("only")
);

INSERT INTO "provider_revision" ("revision") SELECT max("revision") FROM "provider";

-- AlterTable
ALTER TABLE "provider" DROP COLUMN "revision";

UPDATE "account" SET "profile_provider" = 'jwt' WHERE "claims" ? 'jwt';

-- Until now a password and a token never led to the same account.
UPDATE "session" SET "provider" = CASE WHEN "account"."password_hash" IS NULL THEN 'jwt' ELSE 'password' END
FROM "account" WHERE "account"."id" = "session"."account_id";

-- AlterTable
ALTER TABLE "session" ALTER COLUMN "provider" SET NOT NULL;

-- DropIndex
DROP INDEX "identity_account_id_idx";

-- CreateIndex
CREATE UNIQUE INDEX "identity_account_id_provider_key" ON "identity"("account_id", "provider");

-- CreateIndex
CREATE UNIQUE INDEX "session_id_key" ON "session"("id");
