-- AlterTable
ALTER TABLE "provider" ADD COLUMN     "state_key" BYTEA NOT NULL DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
