/// The SQL that brings a file from version N to N + 1, by N: a file's version is the number of migrations it has seen.
package let migrations: [[UInt8]] = [
    PackageResources.v001_create_journal_sql,
    PackageResources.v002_create_delivery_sql,
    PackageResources.v003_hold_redeliveries_sql,
    PackageResources.v004_add_cause_of_timeouts_sql,
    PackageResources.v005_shelve_keys_and_attributes_sql,
    PackageResources.v006_keep_unanswered_calls_sql,
    PackageResources.v007_note_plain_message_ids_sql,
    PackageResources.v008_activate_workflows_sql,
    PackageResources.v009_hold_timeouts_sql,
    PackageResources.v010_seal_rows_sql,
    PackageResources.v011_move_settings_to_columns_sql,
    PackageResources.v012_keep_access_tokens_sql,
    PackageResources.v013_store_answers_sql,
    PackageResources.v014_say_where_groups_start_sql,
    PackageResources.v015_note_last_use_of_tokens_sql,
]
