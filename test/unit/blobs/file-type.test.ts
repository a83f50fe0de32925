import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { typeOfFile } from '../../../src/blobs/file-type';

const folder = mkdtempSync(path.join(os.tmpdir(), 'file-type-'));
afterAll(() => rmSync(folder, { recursive: true }));

const typeOf = (content: string | Buffer): Promise<string | undefined> => {
  const file = path.join(folder, 'file');
  writeFileSync(file, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
  return typeOfFile(file);
};
const rest = 'and so on'.repeat(1_000);
const ebml = (document: string): string => `\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82${String.fromCharCode(0x80 + document.length)}${document}`;

test.each([
  ['image/png', `\x89PNG\r\n\x1a\n${rest}`],
  ['image/jpeg', `\xff\xd8\xff\xe0${rest}`],
  ['image/gif', `GIF89a${rest}`],
  ['image/gif', `GIF87a${rest}`],
  ['image/webp', `RIFF\x10\x00\x00\x00WEBPVP8 ${rest}`],
  ['video/mp4', `\x00\x00\x00\x20ftypisom\x00\x00\x02\x00${rest}`],
  ['video/mp4', `\x00\x00\x00\x20ftypmp42${rest}`],
  ['video/webm', `${ebml('webm')}${rest}`],
])('a file that is %s is known by what it is', async (type, content) => {
  expect(await typeOf(content)).toBe(type);
});

test.each([
  ['nothing', ''],
  ['a page', '<!doctype html><script>alert(1)</script>'],
  ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'],
  ['a page behind spaces', '   \n<html>'],
  ['a document', '%PDF-1.7'],
  ['a program', 'MZ\x90\x00'],
  ['half a beginning', '\x89PNG'],
  ['sound in a RIFF file', 'RIFF\x10\x00\x00\x00WAVEfmt '],
  ['a still picture in an ISO file', '\x00\x00\x00\x20ftypheic'],
  ['a QuickTime film', '\x00\x00\x00\x20ftypqt  '],
  ['Matroska that is no WebM', `${ebml('matroska')}${rest}`],
])('%s is none of them', async (_what, content) => {
  expect(await typeOf(content)).toBeUndefined();
});
