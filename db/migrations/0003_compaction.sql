CREATE TABLE "retired_segments" (
	"recording_id" uuid NOT NULL,
	"segment" text NOT NULL,
	"bytes" bigint NOT NULL,
	"retired_at" timestamp with time zone DEFAULT now() NOT NULL,
	"remove_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "retired_segments_recording_id_segment_pk" PRIMARY KEY("recording_id","segment")
);
--> statement-breakpoint
ALTER TABLE "recordings" ADD COLUMN "compacted_generation" bigint DEFAULT -1 NOT NULL;--> statement-breakpoint
ALTER TABLE "retired_segments" ADD CONSTRAINT "retired_segments_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "retired_segments_due" ON "retired_segments" USING btree ("remove_at") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "recordings_uncompacted" ON "recordings" USING btree ("last_chunk_at") WHERE version > 0 and compacted_generation <> generation and deleted_at is null;