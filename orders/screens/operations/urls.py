"""The addresses of what operators do."""

from django.urls import path

from orders.screens.operations import audit_trail, borders, catalogue, log, notices, parked, processes, read_models

urlpatterns = [
    path("operations/read-models/", read_models.read_models, name="read_models"),
    path("operations/read-models/<slug:read_model>/build-anew/", read_models.build_anew, name="build_anew"),
    path("operations/read-models/<slug:read_model>/pause/", read_models.pause, name="pause_read_model"),
    path("operations/read-models/<slug:read_model>/resume/", read_models.resume, name="resume_read_model"),
    path("operations/processes/", processes.processes, name="processes"),
    path("operations/processes/<slug:process>/", processes.instances, name="process_instances"),
    path("operations/instances/<str:instance>/", processes.instance, name="process_instance"),
    path("operations/instances/<str:instance>/compensate/", processes.compensate_process, name="compensate_process"),
    path(
        "operations/instances/<str:instance>/commands/<uuid:failed>/retry/",
        processes.retry_command,
        name="retry_command",
    ),
    path(
        "operations/instances/<str:instance>/commands/<uuid:failed>/skip/",
        processes.skip_command,
        name="skip_command",
    ),
    path("operations/parked/", parked.parked_events, name="parked_events"),
    path("operations/parked/<int:parked_id>/retry/", parked.retry_event, name="retry_event"),
    path("operations/parked/<int:waiting_id>/skip/", parked.skip_event, name="skip_event"),
    path("operations/log/", log.event_log, name="event_log"),
    path("operations/log/<uuid:event_id>/", log.event, name="event"),
    path("operations/audit-trail/", audit_trail.audit_trail, name="audit_trail"),
    path("operations/borders/", borders.borders, name="borders"),
    path("operations/notices/", notices.notices, name="notices"),
    path("operations/notices/<int:notice_id>/", notices.notice, name="notice"),
    path("operations/notices/<int:notice_id>/retry/", notices.retry_notice, name="retry_notice"),
    path("operations/notices/<int:notice_id>/set-aside/", notices.set_notice_aside, name="set_notice_aside"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/list-product/", catalogue.list_product, name="list_product"),
    path("products/<slug:sku>/price/", catalogue.change_price, name="change_price"),
    path("products/<slug:sku>/withdraw/", catalogue.withdraw_product, name="withdraw_product"),
]
