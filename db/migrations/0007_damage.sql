ALTER TABLE "chunks" ADD COLUMN "absent" "int8multirange";--> statement-breakpoint
CREATE INDEX "chunks_damaged" ON "chunks" USING btree ("recording_id") WHERE damaged_at is not null;