/** Sends what was typed once, as `Authorization`, and goes on with the cookie that comes back. */
const form = document.querySelector('form');
const input = document.querySelector('#key');
const answer = document.querySelector('#answer');

/** Only a place of this site. */
function whereTo() {
  const to = new URLSearchParams(location.search).get('to') ?? '/docs';
  const address = new URL(to, location.origin);
  return address.origin === location.origin ? address.pathname + address.search : '/docs';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  answer.textContent = '';
  try {
    const response = await fetch('/session', {
      method: 'POST',
      headers: { Authorization: `Bearer ${input.value.trim()}` },
    });
    if (response.ok) location.assign(whereTo());
    else answer.textContent = (await response.json()).detail;
  } catch {
    answer.textContent = 'The server does not answer. Try again.';
  }
});
