// An uploader that is not ours: npm tus-js-client, in its mode for the IETF draft.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { Upload } from 'tus-js-client'

import { Children } from '../../scripts/children.mjs'
import { program } from '../../scripts/places.mjs'
import { startSampleGateway } from '../../scripts/sample_gateway.mjs'
import { enrolDevice } from './rig/device.mjs'
import { openLink } from './rig/link.mjs'

const built = existsSync(program('metercrew-gateway'))
const skip = built ? false : 'the gateway is not built'
const children = new Children()
let folder, gateway, device

before(async () => {
  if (!built) return
  folder = await mkdtemp(join(tmpdir(), 'metercrew-tus-'))
  gateway = await startSampleGateway(children, { folder })
  const { code } = await gateway.enrol('crew-1')
  device = await enrolDevice(gateway.url, code)
})

after(async () => {
  await children.endAll()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const hex = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** The headers an upload here needs beyond the client's own. */
function headers(bytes) {
  const digest = createHash('sha256').update(bytes).digest('base64')
  return { Authorization: `Bearer ${device.token}`, 'Repr-Digest': `sha-256=:${digest}:` }
}

/** Uploads with the foreign client; resolves to its URL, rejects with its error. */
function upload(bytes, url, options = {}) {
  return new Promise((resolve, reject) => {
    const running = new Upload(bytes, {
      endpoint: `${url}/v1/blobs`,
      protocol: 'ietf-draft-05',
      headers: headers(bytes),
      retryDelays: [0, 50, 100, 200],
      storeFingerprintForResuming: false,
      onSuccess: () => resolve(running.url),
      onError: reject,
      ...options,
      onChunkComplete: (size, offset) => options.onChunkComplete?.(running, offset, resolve),
    })
    running.start()
  })
}

/** Where the gateway says an upload stands. */
async function standing(url) {
  const response = await fetch(url, {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${device.token}` },
  })
  assert.equal(response.status, 204)
  return {
    offset: Number(response.headers.get('upload-offset')),
    complete: response.headers.get('upload-complete'),
  }
}

/** The bytes as the gateway keeps them. */
function kept(bytes) {
  const name = hex(bytes)
  return readFileSync(join(gateway.data, 'blobs', name.slice(0, 2), name))
}

test('a foreign client uploads a file in one go', { skip }, async () => {
  const bytes = randomBytes(3_000_000)
  const url = await upload(bytes, gateway.url)
  assert.deepEqual(await standing(url), { offset: bytes.length, complete: '?1' })
  assert.ok(kept(bytes).equals(bytes))
})

test('a link that breaks inside a request is resumed at the byte the gateway has', { skip }, async (t) => {
  const bytes = randomBytes(8_000_000)
  const link = await openLink(gateway.port, [3_000_000, 2_500_000])
  t.after(() => link.close())
  const offsets = []
  const url = await upload(bytes, link.url, {
    onAfterResponse: (request, response) => {
      if (request.getMethod() === 'HEAD') offsets.push(Number(response.getHeader('Upload-Offset')))
    },
  })
  assert.equal(link.made.cut, 2)
  assert.equal(offsets.length, 2)
  assert.ok(offsets[0] > 0 && offsets[1] > offsets[0] && offsets[1] < bytes.length, `${offsets}`)
  const there = url.replace(link.url, gateway.url)
  assert.deepEqual(await standing(there), { offset: bytes.length, complete: '?1' })
  assert.ok(kept(bytes).equals(bytes))
})

test('an upload stopped half-way goes on in another run of the client', { skip }, async () => {
  const bytes = randomBytes(2_000_000)
  const url = await upload(bytes, gateway.url, {
    chunkSize: 300_000,
    onChunkComplete: (running, offset, resolve) => {
      if (offset >= 900_000) running.abort().then(() => resolve(running.url))
    },
  })
  assert.deepEqual(await standing(url), { offset: 900_000, complete: '?0' })
  const again = await upload(bytes, gateway.url, { uploadUrl: url })
  assert.equal(again, url)
  assert.ok(kept(bytes).equals(bytes))
})

test('other bytes than announced are refused and do not count', { skip }, async () => {
  const bytes = randomBytes(100_000)
  const announced = Buffer.from(bytes)
  announced[50_000] ^= 1
  const failed = await upload(bytes, gateway.url, { headers: headers(announced), retryDelays: null }).then(
    () => assert.fail('taken'),
    (error) => error,
  )
  assert.equal(failed.originalResponse.getStatus(), 422)
  assert.equal(JSON.parse(failed.originalResponse.getBody()).code, 'hash_mismatch')
  assert.throws(() => kept(announced))
})
