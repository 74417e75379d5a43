-- CreateTable
CREATE TABLE "Room" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "createdBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ownerTokenHash" BYTEA NOT NULL,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Room_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LogEntry" (
    "seq" BIGSERIAL NOT NULL,
    "roomId" TEXT NOT NULL,
    "writer" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "mergedAt" TIMESTAMPTZ(3),

    CONSTRAINT "LogEntry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "Snapshot" (
    "roomId" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "state" BYTEA NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Snapshot_pkey" PRIMARY KEY ("roomId")
);

-- CreateIndex
CREATE UNIQUE INDEX "LogEntry_roomId_writer_n_key" ON "LogEntry"("roomId", "writer", "n");

-- AddForeignKey
ALTER TABLE "Snapshot" ADD CONSTRAINT "Snapshot_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What follows Prisma has no words for. This file is split at its semicolons when it is applied: keep them out of
-- comments and strings.

-- A load is one scan of the entries that no snapshot holds, in order.
CREATE INDEX "LogEntry_unmerged_idx" ON "LogEntry"("roomId", "seq") WHERE "mergedAt" IS NULL;

-- Pruning finds old merged entries, and deleted rooms, without reading the rest.
CREATE INDEX "LogEntry_merged_idx" ON "LogEntry"("mergedAt") WHERE "mergedAt" IS NOT NULL;
CREATE INDEX "Room_deleted_idx" ON "Room"("id") WHERE "deletedAt" IS NOT NULL;

-- Updates and states hardly compress: store them as they are, and spare every write and read the attempt.
ALTER TABLE "LogEntry" ALTER COLUMN "data" SET STORAGE EXTERNAL;
ALTER TABLE "Snapshot" ALTER COLUMN "state" SET STORAGE EXTERNAL;
