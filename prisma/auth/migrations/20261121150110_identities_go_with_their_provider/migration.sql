-- AddForeignKey
ALTER TABLE "identity" ADD CONSTRAINT "identity_provider_fkey" FOREIGN KEY ("provider") REFERENCES "provider"("name") ON DELETE CASCADE ON UPDATE CASCADE;
