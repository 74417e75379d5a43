/** Rooms over REST: make, look up, rename, delete. The text itself goes over the WebSocket. */
import { request } from './http.js';
import { parseCreatedRoom, parseRoomInfo, type CreatedRoom, type RoomInfo } from './types.js';

const one = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;

export const createRoom = (language: string, initialCode: string): Promise<CreatedRoom> =>
  request('/rooms', parseCreatedRoom, { method: 'POST', body: { language, initial_code: initialCode } });

export const getRoom = (roomId: string, signal: AbortSignal): Promise<RoomInfo> =>
  request(one(roomId), parseRoomInfo, { signal });

export const renameRoom = (roomId: string, ownerToken: string, name: string): Promise<void> =>
  request(one(roomId), () => undefined, { method: 'PATCH', body: { name }, ownerToken });

/** Whether text of the room may be sent to the model that the server asks. */
export const allowModel = (roomId: string, ownerToken: string, aiEnabled: boolean): Promise<void> =>
  request(one(roomId), () => undefined, { method: 'PATCH', body: { aiEnabled }, ownerToken });

export const deleteRoom = (roomId: string, ownerToken: string): Promise<void> =>
  request(one(roomId), () => undefined, { method: 'DELETE', ownerToken });
