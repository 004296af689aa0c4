// The least that a read of one customer's rows can be: node:http and one prepared statement with a hand-written `where`.
import pg from 'pg';
import { given, listen } from './listen.js';

const integer = 23;
// Numbers are numbers, the rest stays the text that PostgreSQL sends: to make dates of it would be work for nothing.
const getTypeParser = (type: number) => (type === integer ? Number : (text: string) => text);
const pool = new pg.Pool({ connectionString: given('DATABASE_URL'), max: 10, types: { getTypeParser } });
const names = ['id', 'customer', 'number', 'amount', 'issued', 'due', 'status', 'paid_at'];
const types = ['integer', 'integer', 'text', 'decimal', 'date', 'date', 'text', 'timestamptz'];
const columns = names.map((name, index) => ({ name, type: types[index] }));
const text = `select ${names.join(', ')} from public.invoice where customer = $1 order by id limit 101`;

listen(async (request, response) => {
  const customer = Number(request.url?.split('customer=')[1]);
  const { rows } = await pool.query({ name: 'rows', text, values: [customer], rowMode: 'array' });
  const truncated = rows.length > 100;
  const body = JSON.stringify({ columns, rows: truncated ? rows.slice(0, 100) : rows, truncated });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
});
