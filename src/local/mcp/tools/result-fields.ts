/** What is told of a statement: run_statement and request_status say it alike. */
export const RESULT_FIELDS = {
  status: { type: 'string', enum: ['done', 'waiting', 'running', 'denied', 'failed', 'withdrawn', 'error'] },
  results: {
    type: 'array',
    description: 'one for each statement',
    items: {
      type: 'object',
      properties: {
        command: { type: 'string', description: 'such as UPDATE 3; absent: it was not run to its end' },
        columns: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: { type: 'string' }, type: { type: 'string' } },
            required: ['name', 'type'],
          },
        },
        rows: {
          type: 'array',
          description: 'values as text, in the order of the columns; null is NULL',
          items: { type: 'array', items: { type: ['string', 'null'] } },
        },
        row_count: { type: 'integer', description: 'of the rows that are shown here' },
        truncated: { type: 'boolean', description: 'there are more rows than these' },
        truncated_because: { type: 'string' },
      },
    },
  },
  results_left_out: { type: 'integer', description: 'statements that have ended, too, and are not among these' },
  ended_before: {
    type: 'array',
    items: { type: 'string' },
    description: 'statements of the same call that had ended before the error: undone, unless a COMMIT came after them',
  },
  notices: { type: 'array', items: { type: 'object' } },
  notices_left_out: { type: 'integer' },
  transaction: { type: 'string' },
  request: { type: ['string', 'null'], description: 'the id of the request for approval' },
  approve_with: { type: 'string', description: 'what a person runs to approve it; you cannot' },
} as const;
