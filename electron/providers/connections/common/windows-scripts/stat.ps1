# paths, sums -> facts of each, in their order; null where there is nothing. With `sums`, the SHA-256 of each file, or null.
function Get-Owner([string]$path) {
    try {
        $security = [System.IO.File]::GetAccessControl($path, 'Owner')
        try {
            return $security.GetOwner([System.Security.Principal.NTAccount]).Value
        }
        catch {
            return $security.GetOwner([System.Security.Principal.SecurityIdentifier]).Value
        }
    }
    catch {
        return 'unknown'
    }
}

function Get-SumOrNull([string]$path) {
    try {
        return Get-Sum $path
    }
    catch {
        return $null
    }
}

function Get-Fact([string]$path, [bool]$sums) {
    $real = Resolve-Link $path
    $attributes = Get-Attribute $real
    if ($null -eq $attributes) {
        return $null
    }
    $kind = 'file'
    $size = 0
    if (($attributes -band 0x10) -ne 0) {
        $kind = 'directory'
    }
    elseif (($attributes -band 0x40) -ne 0) {
        $kind = 'other'
    }
    else {
        $size = (New-Object System.IO.FileInfo $real).Length
    }
    $ticks = [System.IO.File]::GetLastWriteTimeUtc($real).Ticks - 621355968000000000
    $facts = @{ path = $path; realPath = $real; kind = $kind; size = $size; owner = (Get-Owner $real); sha256 = $null }
    $facts.modifiedAt = [long][Math]::Floor($ticks / 10000)
    if ($sums -and $kind -eq 'file') {
        $facts.sha256 = Get-SumOrNull $real
    }
    return $facts
}

$all = New-Object System.Collections.ArrayList
foreach ($path in $p.paths) {
    $global:about = $path
    $null = $all.Add((Get-Fact $path $p.sums))
}
return @{ facts = $all.ToArray() }
