/** What the page reads of the server's REST answers, and the checks that make `unknown` into it. Fields the page does not use are left out. */

export interface CreatedRoom {
  readonly roomId: string;
  readonly language: string;
  readonly name: string | null;
  readonly ownerToken: string;
}

export interface RoomInfo {
  readonly roomId: string;
  readonly language: string;
  readonly name: string | null;
  /** Milliseconds since the epoch; null when the server does not say. */
  readonly updatedAt: number | null;
  /** Whoever made the room lets a model see its text. */
  readonly aiEnabled: boolean;
}

export interface Suggestion {
  /** Exactly what to insert at the cursor; may be empty. */
  readonly suggestion: string;
  /** How it went with the model; null: none was asked for. */
  readonly model: string | null;
}

/** The model that the server asks, if any. */
export interface ModelInfo {
  readonly name: string;
  /** Where text is sent. */
  readonly host: string;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(raw: unknown): Fields {
  if (typeof raw !== 'object' || raw === null) throw new TypeError('the answer is not a JSON object');
  return raw as Fields;
}

function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new TypeError(`the answer has no text "${name}"`);
  return value;
}

const optionalText = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

function optionalTime(fields: Fields, name: string): number | null {
  const value = optionalText(fields, name);
  const at = value === null ? NaN : Date.parse(value);
  return Number.isNaN(at) ? null : at;
}

export function parseCreatedRoom(raw: unknown): CreatedRoom {
  const fields = fieldsOf(raw);
  return {
    roomId: text(fields, 'roomId'),
    language: text(fields, 'language'),
    name: optionalText(fields, 'name'),
    ownerToken: text(fields, 'ownerToken'),
  };
}

export function parseRoomInfo(raw: unknown): RoomInfo {
  const fields = fieldsOf(raw);
  return {
    roomId: text(fields, 'roomId'),
    language: text(fields, 'language'),
    name: optionalText(fields, 'name'),
    updatedAt: optionalTime(fields, 'updatedAt'),
    aiEnabled: fields['aiEnabled'] !== false,
  };
}

export function parseSuggestion(raw: unknown): Suggestion {
  const fields = fieldsOf(raw);
  return { suggestion: text(fields, 'suggestion'), model: optionalText(fields, 'model') };
}

export function parseModel(raw: unknown): ModelInfo | null {
  const { model } = fieldsOf(raw);
  if (model === null || model === undefined) return null;
  const fields = fieldsOf(model);
  return { name: text(fields, 'name'), host: text(fields, 'host') };
}

export const parseVersion = (raw: unknown): string => text(fieldsOf(raw), 'version');
