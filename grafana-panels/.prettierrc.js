module.exports = require('../grafana-datasource/.prettierrc.js');
