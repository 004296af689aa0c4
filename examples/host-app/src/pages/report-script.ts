/**
 * Runs in the browser. This application says who somebody is by a token, Sandgate gives a session for it, and the session is all that asking for
 * rows takes. The session ends with the token, at `exp`; then there is another one.
 */
export const reportScript = `
const report = document.getElementById('report');
const { sandgate, table } = report.dataset;
let session;

async function signIn() {
  const { jwt } = await json(await fetch('/sso/sandgate?response=json'));
  return json(await fetch(sandgate + '/auth/sso', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Metabase-Client': 'embedding-sdk-react' },
    body: JSON.stringify({ jwt }),
  }));
}

async function ask(path) {
  if (!session || session.exp <= Date.now() / 1000) session = await signIn();
  return json(await fetch(sandgate + path, { headers: { 'X-Metabase-Session': session.id } }));
}

async function json(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.message ?? body.error);
  return body;
}

function show({ columns, rows }) {
  const grid = document.createElement('table');
  const head = grid.createTHead().insertRow();
  for (const { name } of columns) head.append(Object.assign(document.createElement('th'), { textContent: name }));
  const body = grid.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const cell of row) line.insertCell().textContent = cell ?? '–';
  }
  report.replaceChildren(grid);
}

try {
  const { data } = await ask('/api/tables');
  const found = data.find(({ name }) => name === table);
  if (!found) throw new Error('You may not see this table.');
  show(await ask('/api/tables/' + found.id + '/rows?limit=20'));
} catch (error) {
  report.firstElementChild.textContent = error.message;
}
`;
