'use strict';
/* global SwaggerUIBundle */

// The key that is typed in stays in this page: it is neither stored nor sent anywhere but to this service.
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
