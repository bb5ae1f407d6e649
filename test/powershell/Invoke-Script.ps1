# For the tests: runs a script as the bootstrap does. What only Windows has (rights of files, services) is a recorded function: its
# calls are in $global:calls, and rights are kept in $global:rights.
$global:calls = New-Object System.Collections.ArrayList
$global:rights = @{}
$scripts = [System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'electron', 'providers', 'connections', 'common', 'windows-scripts')

$recorded = @'
function Get-Right([string]$path) {
    if ($global:rights.ContainsKey($path)) {
        return $global:rights[$path]
    }
    return 'O:BAG:SYD:AI(A;ID;FA;;;BA)'
}
function Get-PrivateRight {
    return 'D:P(A;;FA;;;SY)'
}
function Set-Right([string]$path, [string]$sddl, [string]$sections) {
    $null = $global:calls.Add("Set-Right $([System.IO.Path]::GetFileName($path)) $sddl")
    $global:rights[$path] = $sddl
}
function Set-AllRight([string]$path, [string]$sddl) {
    Set-Right $path $sddl 'all'
}
'@

function Get-ScriptText([string]$name) {
    return [System.IO.File]::ReadAllText([System.IO.Path]::Combine($scripts, $name + '.ps1'))
}

function Invoke-Script([string]$name, [hashtable]$parameters, [byte[]]$content = @()) {
    $parts = @('param($p, [byte[]]$content)', (Get-ScriptText 'shared'), (Get-ScriptText 'replacing'), $recorded, (Get-ScriptText $name))
    $global:about = ''
    $json = ConvertTo-Json -InputObject $parameters -Depth 6
    $block = [ScriptBlock]::Create([string]::Join("`n", $parts))
    return @(& $block (ConvertFrom-Json -InputObject $json) $content)[-1]
}

# The trouble that a script ends with; empty: it ends without.
function Get-Trouble([ScriptBlock]$work) {
    try {
        $null = & $work
        return ''
    }
    catch {
        return "$($_.Exception.GetBaseException().Data['trouble'])"
    }
}
