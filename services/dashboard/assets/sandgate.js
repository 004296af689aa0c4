const problemOf = async (response) => {
  const body = await response.json().catch(() => ({}));
  return body.message ?? 'That did not work. Try again.';
};

const form = document.querySelector('[data-sign-in]');
form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const problem = form.querySelector('[data-problem]');
  const button = form.querySelector('button');
  const { username, password } = Object.fromEntries(new FormData(form));
  problem.hidden = true;
  button.disabled = true;
  try {
    const response = await fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    });
    // The server has checked where this leads.
    if (response.ok) return location.assign(form.dataset.returnTo);
    problem.textContent = await problemOf(response);
  } catch {
    problem.textContent = 'The server does not answer. Try again.';
  }
  problem.hidden = false;
  button.disabled = false;
  form.elements.password.select();
});

document.querySelector('[data-sign-out]')?.addEventListener('click', async (event) => {
  event.target.disabled = true;
  const response = await fetch('/api/session', { method: 'DELETE' }).catch(() => undefined);
  // 401: the session had ended already.
  if (response?.ok || response?.status === 401) return location.assign('/login');
  event.target.disabled = false;
  event.target.textContent = 'Try again to sign out';
});

const who = document.querySelector('[data-who]');
if (who) {
  const response = await fetch('/api/user/current').catch(() => undefined);
  const account = response?.ok ? await response.json() : {};
  who.textContent = [account.firstName, account.lastName].filter(Boolean).join(' ');
}
