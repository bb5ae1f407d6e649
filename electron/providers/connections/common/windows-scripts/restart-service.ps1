# name, milliseconds -> status after it. Those that depend on it are started again too.
$services = @(Get-Service | Where-Object { $_.Name -eq $p.name })
if ($services.Count -eq 0) {
    return @{ status = $null }
}
$service = $services[0]
$clock = [System.Diagnostics.Stopwatch]::StartNew()
$dependent = @($service.DependentServices | Where-Object { "$($_.Status)" -eq 'Running' })
if ("$($service.Status)" -ne 'Stopped') {
    $null = Stop-Service -Name $service.Name -Force -NoWait
}
foreach ($wanted in @('Stopped', 'Running')) {
    if ($wanted -eq 'Running' -and "$($service.Status)" -eq 'Stopped') {
        Start-Service -Name $service.Name
    }
    while ("$($service.Status)" -ne $wanted -and $clock.ElapsedMilliseconds -lt $p.milliseconds) {
        Start-Sleep -Milliseconds 100
        $service.Refresh()
    }
}
if ("$($service.Status)" -eq 'Running') {
    foreach ($one in $dependent) {
        Start-Service -Name $one.Name
    }
}
return @{ status = "$($service.Status)" }
