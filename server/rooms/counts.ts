/** What happened in rooms since the start, as plain numbers: written where it happens, read by metrics. */
export class RoomCounts {
  /** Frames dropped because something that they lean on was missing; each was asked for again. */
  gaps = 0;
  /** SyncStep2s with a hole, of which what could be integrated was taken. */
  repairs = 0;
  /** Folds that failed: the tail was kept. */
  failedFolds = 0;
  /** Live documents that broke and were made anew (G14). */
  brokenDocuments = 0;
  /** Loads that failed: the room was refused (G13). */
  failedLoads = 0;
  /** Log entries that a load found unreadable or without what they lean on: kept, not served (G8). */
  parkedEntries = 0;
  compactions = 0;
  /** Compactions that failed or were not believed: the log was kept (G7). */
  failedCompactions = 0;
}
