# name -> status, as Windows names it in any language (Running, Stopped...); null when there is no such service.
$service = @(Get-Service | Where-Object { $_.Name -eq $p.name })
if ($service.Count -eq 0) {
    return @{ status = $null }
}
return @{ status = "$($service[0].Status)" }
