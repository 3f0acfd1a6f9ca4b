"use strict";
const KEYS = {/* KEYS */};
const LABELS = ["准考证号", "姓名", "证件号码", "考次", "考试科目", "考试时间", "考试校区", "考场号", "座位号"];

function fromBase64(text) {
  return Uint8Array.from(atob(text), c => c.charCodeAt(0));
}

// Strict: a text that decodes to the same bytes but is encoded differently is refused, as on the server.
function fromBase64Url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("base64");
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  const bytes = fromBase64(plain + "=".repeat((4 - plain.length % 4) % 4));
  const again = btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");
  if (again !== plain) throw new Error("base64");
  return bytes;
}

async function webCrypto(key, signature, message) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

// For browsers whose WebCrypto has SHA-512 but not yet Ed25519: RFC 8032, 5.1.7, with extended coordinates.
const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a, m = P) => ((a % m) + m) % m;
function power(base, exponent) {
  let result = 1n;
  for (base = mod(base); exponent > 0n; exponent >>= 1n, base = base * base % P) if (exponent & 1n) result = result * base % P;
  return result;
}
const D = mod(-121665n * power(121666n, P - 2n)), ROOT = power(2n, (P - 1n) / 4n);
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2)), b = mod((y1 + x1) * (y2 + x2)), c = mod(2n * t1 * t2 * D), d = mod(2n * z1 * z2);
  const e = b - a, f = d - c, g = d + c, h = b + a;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
function times(n, point) {
  let sum = [0n, 1n, 1n, 0n];
  for (; n > 0n; n >>= 1n, point = add(point, point)) if (n & 1n) sum = add(sum, point);
  return sum;
}
function littleEndian(bytes) {
  return bytes.reduceRight((sum, byte) => sum << 8n | BigInt(byte), 0n);
}
function point(bytes) {
  const number = littleEndian(bytes), sign = number >> 255n, y = number & (1n << 255n) - 1n;
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square) !== 0n) x = mod(x * ROOT);
  if (mod(x * x - square) !== 0n || (x === 0n && sign === 1n)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}
async function plainScript(key, signature, message) {
  if (signature.length !== 64) return false;
  const a = point(key), r = point(signature.slice(0, 32)), s = littleEndian(signature.slice(32));
  if (!a || !r || s >= L) return false;
  const all = new Uint8Array([...signature.slice(0, 32), ...key, ...message]);
  const k = mod(littleEndian(new Uint8Array(await crypto.subtle.digest("SHA-512", all))), L);
  const base = point(fromBase64("WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY="));
  const [x1, y1, z1] = times(s, base), [x2, y2, z2] = add(r, times(k, a));
  return mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;
}

async function signatureFits(key, signature, message) {
  try {
    return await webCrypto(key, signature, message);
  } catch (unsupported) {
    return plainScript(key, signature, message);
  }
}

// The nine fields, or a sentence that says why not.
async function check(text) {
  const parts = text.trim().split(".");
  if (parts.length !== 4 || parts[0] !== "CET1") return "不是准考证二维码，或内容不完整。Not a ticket's QR code, or cut short.";
  if (!Object.hasOwn(KEYS, parts[1])) return "签名密钥未知：请换用最新的核验页，并交主考处理。Unknown key.";
  const message = new TextEncoder().encode(parts.slice(0, 3).join("."));
  try {
    if (await signatureFits(fromBase64(KEYS[parts[1]]), fromBase64Url(parts[3]), message)) {
      const fields = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64Url(parts[2])));
      if (Array.isArray(fields) && fields.length === LABELS.length) return fields;
    }
  } catch (broken) { /* said below */ }
  return "签名不符：内容被改动，请交主考处理。The signature does not fit: something was changed.";
}

function show(result) {
  const answer = document.getElementById("answer");
  const line = document.createElement("p");
  answer.replaceChildren(line);
  answer.hidden = false;
  answer.className = Array.isArray(result) ? "good" : "bad";
  if (!Array.isArray(result)) { line.textContent = "✗ " + result; return; }
  line.textContent = "✓ 签名有效，请核对本人。Signature valid: compare the person.";
  const list = document.createElement("dl");
  result.forEach((value, at) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = LABELS[at];
    dd.textContent = value;
    list.append(dt, dd);
  });
  answer.append(list);
}

if (typeof document !== "undefined") {
  const box = document.getElementById("text");
  const button = document.getElementById("check");
  button.addEventListener("click", async () => {
    show(await check(box.value));
    box.select();
  });
  // A keyboard scanner ends with Enter; a QR text has no line breaks.
  box.addEventListener("keydown", event => {
    if (event.key === "Enter") { event.preventDefault(); button.click(); }
  });
}
