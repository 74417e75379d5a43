/** Limits a client may want to know before it is refused. Sizes in bytes unless the name says otherwise. */

/** A room id as people may choose it; ids made by the server are UUID v4. */
export const ROOM_ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
/** One file's text, by every door (UTF-8), unless the operator said otherwise (`MAX_TEXT_BYTES`). */
export const DEFAULT_MAX_TEXT_BYTES = 4 * 1024 * 1024;
/** The body of POST /autocomplete, unless the operator said otherwise (`MAX_AUTOCOMPLETE_BYTES`). */
export const DEFAULT_MAX_AUTOCOMPLETE_BYTES = 128 * 1024;
/** Nesting of an awareness state. */
export const MAX_AWARENESS_DEPTH = 8;
/** A file's id as a request may name it, in UTF-16 units: as long as names of roots may be. */
export const MAX_FILE_NAME_LENGTH = 64;
/** A person's or a room's name, in UTF-16 units. */
export const MAX_NAME_LENGTH = 64;
/** Colours are indexes into the page's palette, never strings from the wire. */
export const PALETTE_SIZE = 12;
/** Encoded bytes that a room's document may have, unless the operator said otherwise (`MAX_DOC_BYTES`). */
export const DEFAULT_MAX_DOC_BYTES = 8 * 1024 * 1024;
/** Client ids of one document: each page that ever wrote in it has one. */
export const DEFAULT_MAX_DOC_CLIENTS = 50_000;
/** Files that a room shows. */
export const MAX_FILES = 500;
/** Root names of a room's document: files, also deleted ones, whose texts stay, and the maps beside them. */
export const MAX_ROOTS = 2048;
/** One value in a room that may hold every shape (`RICH_TYPES`): an embed, binary content, a value of a list or map. */
export const MAX_RICH_VALUE_BYTES = 1024 * 1024;
/** Types in types, in such a room. Yjs goes down into them by recursion. */
export const MAX_TYPE_DEPTH = 64;
/** A file's path, in UTF-16 units. */
export const MAX_PATH_LENGTH = 255;
/** Folders that a file may lie in. */
export const MAX_PATH_DEPTH = 16;
/** A zip that is read into a room, packed. */
export const MAX_ZIP_BYTES = 16 * 1024 * 1024;
/** Entries of a zip or of a dropped folder that are looked at, folders and left-out ones included. */
export const MAX_IMPORT_ENTRIES = 5_000;
/** A packed file may become so many times longer: code packs about five times, a bomb a thousand. */
export const MAX_ZIP_RATIO = 200;
