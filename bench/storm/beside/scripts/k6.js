import { WebSocket } from 'k6/websockets';

export const options = {
  scenarios: {
    plan: {
{{- if .Rate}}
      executor: 'constant-arrival-rate',
      rate: {{.Rate}},
      duration: '{{.Seconds}}s',
      preAllocatedVUs: {{.AtOnce}},
      maxVUs: {{.Connections}},
{{- else}}
      executor: 'per-vu-iterations',
      vus: {{.Connections}},
{{- end}}
    },
  },
  summaryTrendStats: ['avg', 'p(99)', 'max'],
};

export default function () {
  const ws = new WebSocket('{{.URL}}');
  ws.onopen = () => ws.send('{{.Message}}');
  ws.onmessage = () => setTimeout(() => ws.close(), {{.Hold.Milliseconds}});
}
