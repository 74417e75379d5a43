import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import express from 'express';
import request from 'supertest';

import { messagesOf } from './messages.js';

test('requests and answers are made with the prototypes that Express would give them', async () => {
  const app = express();
  const server = createServer(messagesOf(app));
  const seen: object[] = [];
  const look = (...messages: object[]) =>
    seen.push(...messages.map((one) => Object.getPrototypeOf(one) as object));
  server.on('request', look);
  server.on('request', app);
  app.get('/', (req, res) => {
    look(req, res);
    res.json({ path: req.path, type: req.get('accept'), app: req.app === app && res.app === app });
  });
  const answer = await request(server).get('/?x').set('accept', 'application/json').expect(200);
  expect(answer.body).toEqual({ path: '/', type: 'application/json', app: true });
  expect(seen).toEqual([app.request, app.response, app.request, app.response]);
  expect(seen.map((one, index) => one === seen[index % 2])).toEqual([true, true, true, true]);
});
