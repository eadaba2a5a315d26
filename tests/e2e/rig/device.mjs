// A device made of nothing but a key: what a test needs to speak to a gateway by HTTP.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

/** Enrols with a code and opens a session; what comes back carries the token. */
export async function enrolDevice(url, code, name = '样例设备') {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  // an Ed25519 key's DER ends with its 32 bytes
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)
  const enrolled = await ask(`${url}/v1/enrol`, {
    version: 1,
    code,
    device_name: name,
    public_key: raw.toString('base64'),
  })
  const { nonce } = await ask(`${url}/v1/challenge`, {})
  const device = Buffer.from(enrolled.device.replaceAll('-', ''), 'hex')
  const words = hashOfParts([Buffer.from('metercrew/session/1'), device, Buffer.from(nonce)])
  const signature = sign(null, words, privateKey).toString('base64')
  const { token } = await ask(`${url}/v1/session`, { device: enrolled.device, nonce, signature })
  return { ...enrolled, token }
}

async function ask(url, body) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
  return JSON.parse(text)
}

/** SHA-256 over pieces, each preceded by its length in eight bytes. */
function hashOfParts(parts) {
  const digest = createHash('sha256')
  for (const part of parts) {
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(part.length))
    digest.update(length).update(part)
  }
  return digest.digest()
}
