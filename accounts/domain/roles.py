"""Who works here: the roles in which people and other systems send commands."""

CUSTOMER = "customer"
WAREHOUSE = "warehouse"
CUSTOMER_SERVICE = "customer_service"
FINANCE = "finance"
OPERATIONS = "operations"
ADMIN = "admin"

STAFF = frozenset({WAREHOUSE, CUSTOMER_SERVICE, FINANCE, OPERATIONS, ADMIN})
ROLES = STAFF | {CUSTOMER}

# Who sees to the machinery: read models, processes, other systems.
OPERATORS = frozenset({OPERATIONS, ADMIN})

# No person signs in with one of these.
PROCESS = "process"
PROVIDER = "provider"
CARRIER = "carrier"
MAIL = "mail"
PARTNER = "partner"

SYSTEMS = frozenset({PROCESS, PROVIDER, CARRIER, MAIL, PARTNER})
