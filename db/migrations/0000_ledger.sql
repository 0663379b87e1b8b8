CREATE TABLE "chunks" (
	"recording_id" uuid NOT NULL,
	"take" integer NOT NULL,
	"seq" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"bytes" integer NOT NULL,
	"segment" text NOT NULL,
	"offset" bigint NOT NULL,
	"aligned" boolean DEFAULT false NOT NULL,
	"cluster_ms" bigint,
	"start_ms" bigint,
	"end_ms" bigint,
	"index" "bytea",
	"generation" bigint NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transport" text NOT NULL,
	"damaged_at" timestamp with time zone,
	CONSTRAINT "chunks_recording_id_take_seq_pk" PRIMARY KEY("recording_id","take","seq")
);
--> statement-breakpoint
CREATE TABLE "conflicts" (
	"recording_id" uuid NOT NULL,
	"take" integer NOT NULL,
	"seq" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"bytes" integer NOT NULL,
	"object" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "conflicts_recording_id_take_seq_sha256_pk" PRIMARY KEY("recording_id","take","seq","sha256")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"recording_id" uuid NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instances" (
	"incarnation" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL,
	"stopped_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"run_at" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_epoch" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" text,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "recordings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"status" text DEFAULT 'recording' NOT NULL,
	"reason" text,
	"version" integer DEFAULT 0 NOT NULL,
	"generation" bigint DEFAULT 0 NOT NULL,
	"finalized_generation" bigint DEFAULT -1 NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"token_may_delete" boolean DEFAULT false NOT NULL,
	"title" text,
	"metadata" jsonb,
	"group_id" text,
	"notify" jsonb,
	"owner" text,
	"finished_at" timestamp with time zone,
	"finish_reason" text,
	"complete" boolean DEFAULT false NOT NULL,
	"chunk_count" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"conflict_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_chunk_at" timestamp with time zone,
	"lease_epoch" bigint DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"last_error" text,
	"deleted_at" timestamp with time zone,
	"purged_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"key_id" text NOT NULL,
	"secret" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "takes" (
	"recording_id" uuid NOT NULL,
	"take" integer NOT NULL,
	"mime_type" text NOT NULL,
	"init" "bytea",
	"started_at" timestamp with time zone NOT NULL,
	"chunk_count" bigint DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"max_seq" bigint DEFAULT -1 NOT NULL,
	CONSTRAINT "takes_recording_id_take_pk" PRIMARY KEY("recording_id","take")
);
--> statement-breakpoint
CREATE TABLE "totals" (
	"recording_id" uuid NOT NULL,
	"take" integer NOT NULL,
	"declared" bigint NOT NULL,
	CONSTRAINT "totals_recording_id_take_pk" PRIMARY KEY("recording_id","take")
);
--> statement-breakpoint
CREATE TABLE "uptime" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"up_since" timestamp with time zone DEFAULT now() NOT NULL,
	"last_beat_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"recording_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"epoch" bigint NOT NULL,
	"generation" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"duration_ms" bigint,
	"bytes" bigint NOT NULL,
	"gaps" jsonb NOT NULL,
	"header" "bytea" NOT NULL,
	"etag" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "versions_recording_id_version_pk" PRIMARY KEY("recording_id","version")
);
--> statement-breakpoint
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_recording_id_take_takes_recording_id_take_fk" FOREIGN KEY ("recording_id","take") REFERENCES "public"."takes"("recording_id","take") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "takes" ADD CONSTRAINT "takes_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "totals" ADD CONSTRAINT "totals_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_recording_id_recordings_id_fk" FOREIGN KEY ("recording_id") REFERENCES "public"."recordings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_recording" ON "events" USING btree ("recording_id","id");--> statement-breakpoint
CREATE INDEX "events_order" ON "events" USING btree ("xid","id");--> statement-breakpoint
CREATE INDEX "jobs_due" ON "jobs" USING btree ("run_at") WHERE done_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_key" ON "jobs" USING btree ("kind","key");--> statement-breakpoint
CREATE INDEX "recordings_pending" ON "recordings" USING btree ("last_seen_at") WHERE generation <> finalized_generation and deleted_at is null;--> statement-breakpoint
CREATE INDEX "recordings_purge" ON "recordings" USING btree ("deleted_at") WHERE deleted_at is not null and purged_at is null;--> statement-breakpoint
CREATE INDEX "recordings_newest" ON "recordings" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);