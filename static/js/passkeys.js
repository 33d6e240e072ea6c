// Shows what passkeys offer where the browser knows them, and says when one was refused. The ceremony is allauth's.

const known = "PublicKeyCredential" in window;
for (const form of document.querySelectorAll("[data-needs-passkeys]")) form.hidden = !known;
for (const notice of document.querySelectorAll("[data-no-passkeys]")) notice.hidden = known;

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const notice of document.querySelectorAll("[data-passkey-refused]")) notice.hidden = false;
});
