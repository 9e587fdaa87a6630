"""What most states have in common, for deflating them: pieces of one, those that come often last.

Part of the stored form. Another text makes what was stored before unreadable: it needs another version of the state.
"""

WORDS = (
    b'"icans_hold":{"level":"ended":[["episode":{"key":"opened_ms":"max_grade":"quiet_ms":"suspended":true'
    b'"holds":{"pressure":{"level":"since_ms":"saturation":{"level":"pressor":{"device":{"icans_low":"icans_high":'
    b'"neuro":{"ice":{"value":"consciousness":{"value":"awake","capd":{"seizure":{"attributions":[{"finding":"cause":'
    b'"baseline":{"sbp_mmhg":"spo2_target_low_pct":"oxygen_device":"clinician":{"crs":"icans":"author":"gap_ms":'
    b'"critical":{"finding":{"since_ms":"deep":"due_ms":"established":true},"monitoring_stopped":"antipyretic_ms":'
    b'"episodes":[{"episode_id":"keys":["closed_ms":"score_ms":"score_below_ms":"missing_paged":["spells":{"counts":{'
    b'"crs":{"reported":"alarms":{"technical_stale|"technical_silent|"possible_crs|"critical_value|"ward_score|'
    b'{"escalation_id":"grade":"rose_from":"kind":"open":[{"norepinephrine"nasal_cannula"high_flow_nasal_cannula"'
    b'{"patient_id":"fold":{"at_ms":17"reached_ms":17"tracks":{"temperature_c":{"last_ms":17"value":37.0,"category":0,'
    b'"manner":"spot"},"heart_rate_bpm":{"last_ms":17"value":80.0,"category":0,"manner":"fast"},"resp_rate_bpm":{'
    b'"last_ms":17"value":16.0,"category":0,"manner":"fast"},"spo2_pct":{"last_ms":17"value":97.0,"category":0,'
    b'"manner":"fast"},"sbp_mmhg:cuff":{"last_ms":"sbp_mmhg:arterial":{"last_ms":"dbp_mmhg:map_mmhg:"probe""patch"'
    b'"chart":{"stay":{"status":"admitted","encounter_id":"admitted_ms":17"unit":"bed":"person":{"age_years":'
    b'"age_charted_ms":17"weight_kg":"dose":{"product":"axi-cel","at_ms":17"pressors_ms":17"oxygen":{"device":"room_air",'
    b'"flow_l_min":null,"fio2":null,"at_ms":17"event_id":"newest_ms":{"encounter":17"immunotherapy":17"oxygen":17'
    b'"vasopressor":17"high":0,"fever":false},"marks":[{},{"history":{"entries":{"{"at_ms":17"event_id":"digest":"'
    b'"record":{"schema":"crs.clinical.v1","event_id":"patient_id":"recorded_at":"2026-kind":"encounter","action":"admit",'
    b'"unit":"bed":"kind":"immunotherapy","product":"kind":"oxygen","device":"room_air"}},"kind":"vasopressor",'
    b'"drug":"none"}},"readings":[["temperature_c",17,0,"spot"],["sbp_mmhg:cuff",17,0,"spot"]]}},"spans":{'
    b'"heart_rate_bpm":[{"first_ms":17"step_ms":1000,"readings":"category":0,"manner":"fast","value":"event_id":"'
    b'"resp_rate_bpm":[{"first_ms":"spo2_pct":[{"first_ms":"seen":{"["heart_rate_bpm","resp_rate_bpm","spo2_pct"]]'
    b'"newest":{"temperature_c":{"value":"observed_ms":17"source":"manual","manner":"spot","event_id":"'
    b'"heart_rate_bpm":{"value":80.0,"observed_ms":17"source":"monitor","manner":"fast","event_id":"'
    b'"trends":{"temperature_c":["spot ",450,"heart_rate_bpm":["",450,"resp_rate_bpm":["",450,"spo2_pct":["",450,'
    b'"sent":{"missing_scope":"watched_ms":17"revision":"as_of_ms":17"reached_ms":17"place":["newest_event_ms":17'
    b'"vitals_ms":17"vitals_source":"monitor","high_before":{"temperature_c":0,"":0,"heart_rate_bpm":0,'
    b'"resp_rate_bpm":0,"spo2_pct":0},"score_name":"news2","shown":"shown_ms":17'
)
